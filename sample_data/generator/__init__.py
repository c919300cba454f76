"""The sample company's year, made from a seed: values only, nothing is written here but by `files`."""
