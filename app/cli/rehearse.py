"""x"""
COMMANDS = ()
