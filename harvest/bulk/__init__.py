"""Any number of lists in bounded memory: the line of `pipeline`, in pieces that fit."""
