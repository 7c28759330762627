"""One signed message from a platform: its token (`token`), its typed claims (`claims`), who it makes of a person
(`roles`), and the chain of named checks that it must pass (`checks`). No database, no network, no Django."""
