//! One-time codes against oathtool.

use super::run;
use crate::harness::empty_folder;
use sealward_client::otp::Seed;
use sealward_contract::ids::Timestamp;

#[test]
fn codes_are_those_of_oathtool() {
    let folder = empty_folder("oathtool");
    let seeds =
        ["JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYDCMRT"];
    let times = [0, 59, 1_111_111_109, 1_795_949_334, 20_000_000_000];
    for seed in seeds {
        for (hash, algorithm) in [("sha1", "SHA1"), ("sha256", "SHA256"), ("sha512", "SHA512")] {
            for (digits, period) in [(6, 30), (7, 30), (8, 60), (6, 1)] {
                let link = format!(
                    "otpauth://totp/Comparison:x?secret={seed}&algorithm={algorithm}&digits={digits}&period={period}"
                );
                let read = Seed::read(&link).ok().unwrap();
                for time in times {
                    let ours = read.code_at(Timestamp(time * 1_000));
                    // Two codes: this period's and the next one's.
                    let theirs = run(
                        &folder,
                        "oathtool",
                        &[
                            &format!("--totp={hash}"),
                            "--base32",
                            &format!("--digits={digits}"),
                            &format!("--time-step-size={period}s"),
                            &format!("--now=@{time}"),
                            "--window=1",
                            seed,
                        ],
                    );
                    let ours = format!("{}\n{}", ours.now.expose(), ours.next.expose());
                    assert_eq!(ours, theirs, "{link} at {time}");
                }
            }
        }
    }
}
