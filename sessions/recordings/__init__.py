"""Recordings of answers, kept only with consent: received in pieces, checked, prepared for seeking, served to whom may see them."""
