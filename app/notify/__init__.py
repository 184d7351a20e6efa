"""What leaves for people's own devices: mail, short messages, and the house's own texts for both and for the bell."""
