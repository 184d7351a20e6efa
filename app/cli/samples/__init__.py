"""The sample data of the demonstration: invented people in a real district. Data lie in TOML beside this file."""
