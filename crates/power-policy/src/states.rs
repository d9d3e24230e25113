//! The policy as a table.
//!
//! Every row is played by a test. `Covered` is a display that is dark because a face is near in
//! a call. An empty effects cell means that nothing is asked for; a row that is not here changes
//! nothing.
//!
//! | display | lock | what happens | display | lock | effects |
//! |---|---|---|---|---|---|
//! | On | Unlocked | rest 30 s | Dim | Unlocked | dim |
//! | Dim | Unlocked | rest 3 s | Off | Locked | off, lock |
//! | On | Locked | rest 7 s | Dim | Locked | dim |
//! | Dim | Locked | rest 3 s | Off | Locked | off |
//! | On | Unlocked | activity | On | Unlocked | |
//! | Dim | Unlocked | activity | On | Unlocked | on |
//! | Dim | Locked | activity | On | Locked | on |
//! | Off | Locked | activity | Off | Locked | |
//! | Covered | Unlocked | activity | Covered | Unlocked | |
//! | Dim | Unlocked | wake | On | Unlocked | on |
//! | Off | Locked | wake | On | Locked | on |
//! | Covered | Unlocked | wake | Covered | Unlocked | |
//! | On | Unlocked | blank | Off | Locked | off, lock |
//! | Covered | Unlocked | blank | Off | Locked | lock |
//! | On | Unlocked | short press | Off | Locked | off, lock |
//! | Dim | Unlocked | short press | Off | Locked | off, lock |
//! | On | Locked | short press | Off | Locked | off |
//! | Off | Locked | short press | On | Locked | on |
//! | Covered | Unlocked | short press | On | Unlocked | on |
//! | On | Unlocked | long press | On | Unlocked | menu |
//! | Dim | Unlocked | long press | On | Unlocked | on, menu |
//! | On | Locked | long press | On | Locked | menu |
//! | Off | Locked | long press | On | Locked | on, menu |
//! | On | Unlocked | lock | On | Locked | lock |
//! | Dim | Unlocked | lock | On | Locked | lock, on |
//! | Covered | Unlocked | lock | Covered | Locked | lock |
//! | On | Locked | unlock | On | Unlocked | unlock |
//! | Dim | Locked | unlock | On | Unlocked | unlock, on |
//! | Off | Locked | unlock | On | Unlocked | unlock, on |
//! | Dim | Unlocked | inhibit | On | Unlocked | on |
//! | Dim | Locked | inhibit | Dim | Locked | |
//! | Off | Locked | inhibit | Off | Locked | |
//! | On | Unlocked | inhibit, rest 90 s | On | Unlocked | |
//! | On | Unlocked | inhibit, short press | Off | Locked | off, lock |
//! | On | Unlocked | inhibit, rest 90 s, uninhibit, rest 29 s | On | Unlocked | |
//! | On | Unlocked | inhibit, rest 90 s, uninhibit, rest 30 s | Dim | Unlocked | dim |
//! | On | Locked | inhibit, rest 10 s | Off | Locked | dim, off |
//! | On | Unlocked | near | On | Unlocked | |
//! | On | Unlocked | call, near | Covered | Unlocked | off |
//! | Off | Locked | call, near, far | Off | Locked | |
//! | Covered | Unlocked | rest 600 s | Covered | Unlocked | |
//! | Covered | Unlocked | far | On | Unlocked | on |
//! | Covered | Unlocked | call ends | On | Unlocked | on |
//! | Covered | Unlocked | short press, short press, far | Off | Locked | on, off, lock |
//!
//! Where a grace before the lock is set, only rest uses it: `off` then comes at once and `lock`
//! when the grace is over, unless the display was lit meanwhile. The user's own `blank` and the
//! key lock at once.
