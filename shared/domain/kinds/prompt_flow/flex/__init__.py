"""Flex flows: one Python entry."""
