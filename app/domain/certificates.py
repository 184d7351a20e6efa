"""What may become of a certificate in the register (domain handbook 1.16)."""

STATE_TITLES = {"valid": "有效", "revoked": "已撤销", "reissued": "已补发", "void": "编号作废"}
"""States of a certificate -> what people call them. None is ever taken out of the register."""
