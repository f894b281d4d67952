"""What can happen and the rules that decide it; pure, over the standard library and pydantic."""
