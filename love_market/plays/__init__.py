"""Whole quarters played through the real services: the rehearsal and the demonstration village."""
