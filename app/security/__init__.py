"""Who gets in, how often one may try, and what a browser may load."""
