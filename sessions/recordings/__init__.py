"""Recordings of answers, kept only with consent: received in pieces, prepared for seeking, served on request."""
