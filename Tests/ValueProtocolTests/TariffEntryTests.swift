import Testing
import ValueProtocol

@Suite struct TariffEntryTests {
    @Test(
        arguments: [
            ("mon-fri@07:00=150", 0b001_1111, 420, 150), ("sat,sun@00:00=75", 0b110_0000, 0, 75),
            ("daily@22:00=50", 0b111_1111, 1320, 50), ("Mon@7:05=0", 1, 425, 0),
            ("mon,wed-thu@23:59=1000", 0b1101, 1439, 1000),
        ] as [(String, UInt8, UInt16, UInt16)])
    func `an entry is days, a time and a percentage`(
        _ text: String, _ days: UInt8, _ minute: UInt16, _ percent: UInt16
    ) throws {
        let entry = try TariffTable.Entry(parsing: text)
        #expect(entry == TariffTable.Entry(days: days, minute: minute, percent: percent))
    }

    @Test(
        arguments: [
            ("", .wrongForm, ""), ("daily", .wrongForm, "daily"), ("daily@07:00", .wrongForm, "daily@07:00"),
            ("daily@07:00=1=2", .wrongForm, "daily@07:00=1=2"), ("daily@mon@07:00=1", .wrongForm, "daily@mon@07:00=1"),
            ("@07:00=150", .wrongDays, ""), ("mon-fry@07:00=150", .wrongDays, "mon-fry"),
            ("sun-mon@07:00=150", .wrongDays, "sun-mon"), ("mon,@07:00=150", .wrongDays, "mon,"),
            ("daily@24:00=150", .wrongTime, "24:00"), ("daily@07:60=150", .wrongTime, "07:60"),
            ("daily@7=150", .wrongTime, "7"), ("daily@7::00=150", .wrongTime, "7::00"),
            ("daily@+7:00=150", .wrongTime, "+7:00"), ("daily@007:00=150", .wrongTime, "007:00"),
            ("daily@=150", .wrongTime, ""), ("daily@07:00=", .wrongPercentage, ""),
            ("daily@07:00=1001", .wrongPercentage, "1001"), ("daily@07:00=+5", .wrongPercentage, "+5"),
            ("daily@07:00=50%", .wrongPercentage, "50%"), ("daily@07:00=99999", .wrongPercentage, "99999"),
        ] as [(String, TariffEntryError.Code, String)])
    func `an error names the part that is wrong`(_ text: String, _ code: TariffEntryError.Code, _ part: String) {
        let error = #expect(throws: TariffEntryError.self) { try TariffTable.Entry(parsing: text) }
        #expect(error?.code == code && error?.subject == part, "\(error.map { "\($0)" } ?? "no error")")
    }

    @Test func `what an error shows as right is right`() throws {
        for text in ["mon-fri@07:00=150", "daily@00:00=0", "sat,sun@23:59=1000"] {
            #expect(throws: Never.self) { try TariffTable.Entry(parsing: text) }
        }
        #expect("\(TariffEntryError(.wrongForm, "x"))".contains("mon-fri@07:00=150"))
    }
}
