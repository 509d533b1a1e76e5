"""Resources of Azure: what can be asked of them, and what they report."""
