"""What the product is made of: known advisories against it, and its bill of materials."""
