"""The blackout pad (停电本): numbered slips on paper, typed twice afterwards, booked once both typings agree."""
