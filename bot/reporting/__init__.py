"""What the NGO and policy see: needs in numbers, with nobody in them."""
