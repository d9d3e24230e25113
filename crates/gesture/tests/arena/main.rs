//! The arena's behaviour as clients, the shell and thumbs see it.

mod glass;
mod ledger;
mod random;
mod rules_of_edges;
mod rules_of_touches;
mod thumb;
mod thumbs;
