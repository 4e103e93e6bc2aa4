import CardTrace
import TestSupport
import Testing

/// Files of a SIM and a UICC: what SELECT answers, and the keys in some of them.
@Suite struct SIMFileTests {
    private static let key = "C71D5EA93384F62B904CE8751ABD62DF"
    private static let kc = "A1B2C3D4E5F60718"

    // MARK: SELECT

    /// The forms of 3GPP TS 51.011, 9.2.1, as they are fetched.
    @Test(arguments: [
        (
            "3F00", "22", "0000BC513F00010000000000150913090C0083838383" + "000000000000000000000000",
            "memory left=48209 file=MF (3F00) type=MF clock stop=allowed, low level preferred CHV 1 check=enabled DFs=19 "
                + "EFs=9 codes=12 CHV 1=initialised tries=3 UNBLOCK CHV 1=initialised tries=3 "
        ),
        (
            "7F20", "17", "0000C3507F20020000000000099B0B18080083838383" + "00",
            "memory left=50000 file=DF GSM (7F20) type=DF clock stop=allowed, low level preferred CHV 1 check=disabled "
                + "DFs=11 EFs=24 codes=8 CHV 1=initialised tries=3 UNBLOCK CHV 1=initialised tries=3 "
                + "CHV 2=initialised tries=3 UNBLOCK CHV 2=initialised tries=3"
        ),
        // Without what an old card leaves out.
        (
            "7F10", "0D", "000001007F1002000000000001",
            "done  memory left=256 file=DF TELECOM (7F10) type=DF"
        ),
        (
            "6F07", "0F", "000000096F0704001AFF4401020000",
            "file size=9 file=EF IMSI (6F07) type=EF read=CHV 1 update=ADM rehabilitate=ADM invalidate=ADM state=valid "
                + "structure=transparent record length=0"
        ),
        (
            "6F3A", "0F", "00000DAC6F3A040011FF220102011C",
            "file size=3500 file=EF ADN (6F3A) type=EF read=CHV 1 update=CHV 1 rehabilitate=CHV 2 invalidate=CHV 2 "
                + "state=valid structure=linear fixed record length=28"
        ),
        (
            "6F39", "0F", "0000000F6F39044011F0F400020303",
            "file size=15 file=EF ACM (6F39) type=EF INCREASE=allowed read=CHV 1 update=CHV 1 increase=never "
                + "rehabilitate=never invalidate=ADM state=invalidated structure=cyclic record length=3"
        ),
        // What has neither form is shown as it is.
        ("6F07", "03", "AABBCC", "done  data=AABBCC"),
    ])
    func `the answer of SELECT is decoded`(file: String, length: String, answer: String, words: String) throws {
        let text = try AllOutputs([
            "A0A4000002\(file)", "9F\(length)", "A0C00000\(length)", answer + "9000",
        ]).text
        #expect(text.contains(words), "\(text)")
    }

    @Test func `STATUS answers as SELECT does`() throws {
        let text = try AllOutputs(["A0F2000016", "0000C3507F20020000000000099B0B180800838383839000"]).text
        #expect(text.contains("STATUS") && text.contains("file=DF GSM (7F20) type=DF"), "\(text)")
    }

    // MARK: Keys

    private static let select = ["A0A40000023F00", "9F22", "A0A40000027F20", "9F17"]
    private static let usim = ["00A404000CA0000000871002FFFFFFFF89", "9000"]

    /// Files of keys, read whole and in parts, and written.
    @Test(arguments: [
        select + ["A0A40000026F20", "9F0F", "A0B0000009", "\(kc)079000"],
        select + ["A0A40000026F52", "9F0F", "A0B0000004", "A1B2C3D49000", "A0B0000405", "E5F60718079000"],
        ["A0A40000026F20", "9F0F", "A0B0000009", "\(kc)079000"],
        ["A0A40000026F20", "9F0F", "A0D6000009\(kc)07", "9000"],
        ["A0A40000026F20", "9F0F", "A0D6000404E5F60718", "9000"],
        ["A0A40000026F20", "9F0F", "A0B0000009", "9F09", "A0C0000009", "\(kc)079000"],
        ["A0A40000026F20", "9F0F", "A0A40000026F99", "9404", "A0B0000009", "\(kc)079000"],
        usim + ["00A4000C045F3B4F20", "9000", "00B0000009", "\(kc)079000"],
        usim + ["00A4090C045F3B4F52", "9000", "00B0000009", "\(kc)079000"],
    ])
    func `the ciphering key in a file is in no output`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex(Self.kc)) && !outputs.finds(hex("E5F60718")), "\(outputs.text)")
    }

    @Test(arguments: [
        usim + ["00A4000C026F08", "9000", "00B0000021", "01\(key)\(key)9000"],
        usim + ["00A4080C047FFF6F09", "9000", "00B0000021", "01\(key)\(key)9000"],
        usim + ["00B0880021", "01\(key)\(key)9000"],
        usim + ["00B0880001", "019000", "00B0000120", "\(key)\(key)9000"],
        usim + ["00A4000C026F08", "9000", "00D6000021" + "01\(key)\(key)", "9000"],
        ["00A4000C026F08", "9000", "00B0000021", "01\(key)\(key)9000"],
        usim + ["00A4000C026FE4", "9000", "00B201042A", "A028800100" + "8120\(key)\(key)" + "840102" + "9000"],
        usim + ["00A4090C045FC04F05", "9000", "00B0000044", "8020\(key)\(key)" + "8120\(key)\(key)9000"],
    ])
    func `the keys of a USIM are in no output`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex(Self.key)), "\(outputs.text)")
    }

    /// The secret field alone is hidden.
    @Test(arguments: [
        (["A0A40000026F20", "9F0F", "A0B0000009", "\(kc)079000"], "Kc=•• key sequence number=7"),
        (["A0A40000026F20", "9F0F", "A0B0000405", "E5F60718079000"], "data=••••••••07"),
        (["A0A40000026F20", "9F0F", "A0B0000801", "079000"], "data=07"),
        (["A0A40000026F20", "9F0F", "A0D6000009\(kc)07", "9000"], "UPDATE BINARY  Kc=•• key sequence number=7"),
        (usim + ["00B0880021", "01\(key)\(key)9000"], "key set identifier=1 CK=•• IK=••"),
        (
            usim + ["00A4000C026FE4", "9000", "00B201042A", "A028800100" + "8120\(key)\(key)" + "840102" + "9000"],
            "key set identifier=0 key=•• algorithms=02"
        ),
    ])
    func `what is beside a key is shown`(lines: [String], words: String) throws {
        let text = try AllOutputs(lines).text
        #expect(text.contains(words), "\(text)")
    }

    /// Files of the same identifier elsewhere, and of other cards, are shown.
    @Test(arguments: [
        ["A0A40000027F10", "9F17", "A0A40000026F20", "9F0F", "A0B0000009", "\(kc)079000"],
        ["A0A40000026F20", "9F0F", "A0A40000026F07", "9F0F", "A0B0000009", "\(kc)079000"],
        ["00A4040007A000000003101000", "9000", "00A4000C026F20", "9000", "00B0000009", "\(kc)079000"],
        ["00A404000CF0000000871002FFFFFFFF89", "9000", "00A4000C026F08", "9000", "00B0000009", "\(kc)079000"],
        usim + ["00A4000C045F3A4F20", "9000", "00B0000009", "\(kc)079000"],
    ])
    func `other files are shown`(lines: [String]) throws {
        #expect(try AllOutputs(lines).finds(hex(Self.kc)))
    }
}
