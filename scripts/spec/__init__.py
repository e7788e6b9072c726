"""Follow X's OpenAPI document: `spec.refresh` updates the fragments, `spec.regenerate` generates from them."""
