"""Keys of both sides: what platforms sign with (`platform`), and what we sign with (`own`)."""
