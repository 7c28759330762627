"""Media: files in, signals out (sound, pictures, landmarks, transcript). No Django, no network, own process."""
