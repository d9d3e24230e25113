use std::{cell::Cell, fs, thread};

use tempfile::TempDir;

use super::*;

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::from_secs(1_000)) };
}

fn pass(seconds: u64) {
    NOW.set(NOW.get() + Duration::from_secs(seconds));
}

fn secret(text: &str) -> Secret {
    Secret::from_bytes(text.as_bytes()).unwrap()
}

fn vault_in(dir: &TempDir) -> Vault {
    Vault { clock: || NOW.get(), ..Vault::in_folder(dir.path().join("purje")) }
}

/// A vault with the code 2580.
fn vault() -> (TempDir, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let vault = vault_in(&dir);
    assert_eq!(vault.set(&secret(""), &secret("2580")).unwrap(), Verdict::NoCode);
    (dir, vault)
}

fn judge(vault: &Vault, code: &str) -> Verdict {
    vault.verify(&secret(code)).unwrap()
}

const fn wrong(seconds: u64) -> Verdict {
    Verdict::Wrong { wait: Duration::from_secs(seconds) }
}

#[test]
fn without_a_code_there_is_nothing_to_judge() {
    let dir = tempfile::tempdir().unwrap();
    let vault = vault_in(&dir);
    assert_eq!(vault.status(), Status { code_set: false, wait: Duration::ZERO });
    assert_eq!(judge(&vault, "0000"), Verdict::NoCode);
}

#[test]
fn the_code_and_only_it_is_right() {
    let (_dir, vault) = vault();
    assert!(vault.status().code_set);
    assert_eq!(judge(&vault, "2581"), wrong(0));
    assert_eq!(judge(&vault, "2580"), Verdict::Right);
    assert_eq!(judge(&vault, ""), wrong(0));
}

#[test]
fn wrong_codes_make_longer_and_longer_waits() {
    let (_dir, vault) = vault();
    for expected in [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900] {
        assert_eq!(judge(&vault, "1111"), wrong(expected));
        assert_eq!(vault.status().wait, Duration::from_secs(expected));
        pass(expected);
    }
    assert_eq!(judge(&vault, "2580"), Verdict::Right);
    assert_eq!(judge(&vault, "1111"), wrong(0), "the right one clears the record");
}

#[test]
fn during_a_wait_even_the_right_code_is_not_looked_at() {
    let (_dir, vault) = vault();
    for _ in 0..5 {
        judge(&vault, "1111");
    }
    pass(20);
    assert_eq!(judge(&vault, "2580"), wrong(10));
    assert_eq!(judge(&vault, "1111"), wrong(10), "and asking does not lengthen the wait");
    pass(10);
    assert_eq!(judge(&vault, "2580"), Verdict::Right);
}

#[test]
fn after_a_reboot_the_wait_begins_anew_at_boot() {
    let (dir, vault) = vault();
    for _ in 0..5 {
        judge(&vault, "1111");
    }
    NOW.set(Duration::from_secs(5));
    let rebooted = vault_in(&dir);
    assert_eq!(rebooted.status().wait, Duration::from_secs(25));
    assert_eq!(judge(&rebooted, "2580"), wrong(25));
    pass(25);
    assert_eq!(judge(&rebooted, "2580"), Verdict::Right);
}

#[test]
fn an_attempt_is_on_disk_before_it_is_judged() {
    let (dir, vault) = vault();
    let attempts = dir.path().join("purje/attempts");
    fs::remove_file(&attempts).unwrap();
    // A record that cannot be written: a folder stands where the new one is prepared.
    fs::create_dir(dir.path().join("purje/attempts.new")).unwrap();
    let error = vault.verify(&secret("2580")).unwrap_err().to_string();
    assert!(error.contains("attempts: cannot be written"), "{error}");
}

#[test]
fn a_code_file_that_is_not_one_lets_nobody_in_and_is_named() {
    let (dir, vault) = vault();
    let code = dir.path().join("purje/code");
    let good = fs::read(&code).unwrap();
    for bad in [&b""[..], b"2580\n", b"\xff\xfe", &good[..40], &[b'$'; 4000]] {
        fs::write(&code, bad).unwrap();
        let error = vault.verify(&secret("2580")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: ", code.display())), "{error}");
        assert!(error.contains("; restore it from a copy"), "{error}");
        assert!(vault.status().code_set, "the phone stays locked");
        let set = vault.set(&secret(""), &secret("9999"));
        assert!(set.is_err(), "and no new code can be slipped in");
    }
    fs::write(&code, good).unwrap();
    assert_eq!(judge(&vault, "2580"), Verdict::Right);
}

#[test]
fn a_record_of_attempts_that_is_none_counts_as_the_worst() {
    let (dir, vault) = vault();
    for bad in [&b""[..], b"{}", b"\xff", b"{\"failures\":0,\"last_ms\":0,\"x\":1}"] {
        fs::write(dir.path().join("purje/attempts"), bad).unwrap();
        assert_eq!(vault.status().wait, Duration::from_secs(900));
        assert_eq!(judge(&vault, "2580"), wrong(900));
        pass(900);
        assert_eq!(judge(&vault, "2580"), Verdict::Right, "the owner is not shut out for good");
    }
}

#[test]
fn changing_and_removing_need_the_present_code() {
    let (_dir, vault) = vault();
    assert_eq!(vault.set(&secret("1111"), &secret("9999")).unwrap(), wrong(0));
    assert_eq!(vault.remove(&secret("1111")).unwrap(), wrong(0));
    assert_eq!(judge(&vault, "2580"), Verdict::Right);
    assert_eq!(vault.set(&secret("2580"), &secret("9999")).unwrap(), Verdict::Right);
    assert_eq!(judge(&vault, "2580"), wrong(0));
    assert_eq!(judge(&vault, "9999"), Verdict::Right);
    assert!(matches!(vault.set(&secret("9999"), &secret("12")), Err(Error::UnfitCode)));
    assert_eq!(vault.remove(&secret("9999")).unwrap(), Verdict::Right);
    assert_eq!(judge(&vault, "9999"), Verdict::NoCode);
}

#[test]
fn guessing_from_many_sides_at_once_is_counted_one_by_one() {
    let (_dir, vault) = vault();
    let guesses: Vec<_> = (0..8)
        .map(|i| {
            let vault = vault.clone();
            thread::spawn(move || judge(&vault, &format!("000{i}")))
        })
        .collect();
    let mut waits: Vec<_> = guesses.into_iter().map(|g| g.join().unwrap()).collect();
    waits.sort_by_key(|w| match w {
        Verdict::Wrong { wait } => *wait,
        other => panic!("{other:?}"),
    });
    // Four are free; the fifth begins a wait, during which the others are not looked at.
    assert_eq!(waits[..4], [wrong(0), wrong(0), wrong(0), wrong(0)]);
    assert_eq!(waits[4..], [wrong(30), wrong(30), wrong(30), wrong(30)]);
}

#[test]
fn state_is_kept_where_the_specification_says() {
    let home = || Some(PathBuf::from("/home/u"));
    assert_eq!(state_home(Some("/s".into()), home()), Some("/s".into()));
    assert_eq!(state_home(Some("s".into()), home()), Some("/home/u/.local/state".into()));
    assert_eq!(state_home(None, home()), Some("/home/u/.local/state".into()));
    assert_eq!(state_home(None, None), None);
}
