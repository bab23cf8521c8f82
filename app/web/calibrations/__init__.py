"""How far claims usually stand from what was found on site."""
