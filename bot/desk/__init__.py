"""The mediators' desk: requests to be called, from the moment they are asked until somebody helped."""
