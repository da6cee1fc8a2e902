"""A data set in the layout of CAS(ME)^3, made from one portrait, with exact labels."""
