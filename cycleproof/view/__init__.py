"""Views: reports, traces, comparisons and the history, all made from artifacts and evidence."""
