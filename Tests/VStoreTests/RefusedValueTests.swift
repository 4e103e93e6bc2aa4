import Foundation
import Testing

/// A value that is refused is answered with why, and a right one.
@Suite("Refused values") struct RefusedValueTests {
    private static let pass = "--passphrase-file none"

    @Test(arguments: [
        ("50,00", "decimals follow a point. Write 50.00."),
        ("1,5", "decimals follow a point. Write 1.50."),
        ("1,000", "digits are not grouped, and decimals follow a point. Write it as 1500 or 12.50."),
        ("1,000.50", "digits are not grouped, and decimals follow a point. Write it as 1500 or 12.50."),
        ("+5", "an amount has no sign. Write it as 50 or 12.50."),
        (".5", "there are digits on both sides of the point. Write 0.50."),
        ("5.", "there are digits on both sides of the point. Write 5.00."),
        ("5EUR", "an amount is digits and at most one point. Write it as 50 or 12.50."),
        ("1.2.3", "an amount is digits and at most one point. Write it as 50 or 12.50."),
        ("0.1234567", "an amount has at most six decimals. Write it as 12.50 or 0.345678."),
        ("99999999999999999999", "that is more than a purse can hold. Write at most 18446744073709.551614."),
    ]) func `an amount`(text: String, fault: String) throws {
        try expect("card load \(text) --service gas --card card1 \(Self.pass)", text, fault)
    }

    @Test(arguments: [
        ("mon-fri", "a switch of the rate is days@time=percentage, as in mon-fri@07:00=150. Write it so."),
        ("fri-mon@07:00=150", "'fri-mon' passes the end of the week, which begins on Monday. Write fri-sun,mon."),
        ("sun-wed@07:00=150", "'sun-wed' passes the end of the week, which begins on Monday. Write sun,mon-wed."),
        ("monday@07:00=150", "'monday' is not a day. Write days as mon-fri, sat,sun or daily."),
        ("mon-wed-fri@07:00=150", "'mon-wed-fri' is not a range of days. Write two ends, as mon-fri."),
        ("daily@24:00=150", "24:00: this is not a time from 00:00 to 23:59. Write hours and minutes, as in 07:00."),
        ("daily@7=150", "7: this is not a time from 00:00 to 23:59. Write hours and minutes, as in 07:00."),
        ("daily@07:00", "a switch of the rate is days@time=percentage, as in mon-fri@07:00=150. Write it so."),
        (
            "daily@07:00=1001",
            "this is not a whole number from 0 to 1000. Write the percentage without a sign, as in 150."
        ),
    ]) func `a switch of the rate`(text: String, fault: String) throws {
        try expect("host tariff tcp:h:1 --id 1 --price 1 --currency EUR --rate \(text) \(Self.pass)", text, fault)
    }

    @Test(arguments: [
        ("2026-12-01T00:00", "a moment is a date and a time in UTC, which Z says. Write 2026-12-01T00:00Z."),
        ("2026-12-01", "a moment is a date and a time in UTC, which Z says. Write 2026-12-01T00:00Z."),
        ("tomorrow", "a moment is a date and a time in UTC. Write it as 2026-12-01T00:00Z, or now."),
    ]) func `a moment`(text: String, fault: String) throws {
        try expect("host tariff tcp:h:1 --id 1 --price 1 --currency EUR --effective \(text)", text, fault)
    }

    @Test(arguments: [
        ("--channel", "-210", "volts are 50 to 400. Write it as 220:40, or 110:20:60."),
        ("--channel", "220", "a channel is volts and amperes. Write it as 220:40, or 110:20:60."),
        ("--channel", "220:0", "amperes are 1 to 200. Write it as 220:40, or 110:20:60."),
        ("--channel", "220:40:55", "hertz are 50 or 60. Write it as 220:40, or 110:20:60."),
        ("--channel", "220V:40", "'220V' is not a number. Write it as 220:40, or 110:20:60."),
        ("--angle-rate", "90..30=120", "it begins at or after its end. Write it as 30..90=120, or -90..-30=110."),
        ("--angle-rate", "-270..30=120", "degrees are -180 to 180. Write it as 30..90=120, or -90..-30=110."),
        (
            "--angle-rate", "30-90=120",
            "a band is two whole degrees with .. between them, = and percent. Write it as 30..90=120, or -90..-30=110."
        ),
        (
            "--friendly", "sat-mon@00:00-06:00",
            "'sat-mon' passes the end of the week, which begins on Monday. Write sat-sun,mon."
        ),
        ("--friendly", "daily@22:00-25:00", "'25:00' is not a time of day. Write hours and minutes, 00:00 to 24:00."),
        (
            "--friendly", "daily@22:00",
            "a window has two times of day with a - between them. Write it as daily@22:00-06:00."
        ),
        ("--friendly", "daily@22:00-00:00", "its end is after 00:00 of its day. Write 24:00 for midnight."),
        ("--holiday", "25.12.", "a holiday is a date. Write it as 2026-12-25, or 12-25 for every year."),
        (
            "--id", "00A1B2C3-01-00007",
            "an identifier has 16 hexadecimal digits, not 15. Write it as 00A1B2C3-10-011234."
        ),
        ("--id", "O0A1B2C3-01-000077", "'O' is not a hexadecimal digit. Write it as 00A1B2C3-10-011234."),
    ]) func `how a meter is set up`(option: String, text: String, fault: String) throws {
        try expect("meter new --meter m \(option) \(text) --price 0.30", text, fault)
    }

    @Test func `a band of leading degrees is taken as it is written`() throws {
        try VStoreProgram.withHome { program in
            let outcome = try program.run("meter new --meter m --angle-rate -90..-30=110 --channel -210")
            #expect(!outcome.errors.contains("-90..-30=110"), "\(outcome)")
            #expect(outcome.errors.contains("'-210'"))
        }
    }

    @Test(arguments: [
        (
            "gas:EUR",
            "a purse is its service, currency and limit. Write it as gas:EUR:200, with :EID after it to bind it to a meter."
        ),
        ("oil:EUR:200", "'oil' is not a service. Write electricity, gas, water, heat or float."),
        (
            "gas:EURO:200",
            "'EURO': no currency of ISO 4217 is known by it. Write three letters or the number, as EUR or 978."
        ),
        ("gas:EUR:200,50", "limit '200,50': decimals follow a point. Write 200.50."),
        (
            "gas:EUR:200:77",
            "meter '77': an identifier has 16 hexadecimal digits, not 2. Write it as 00A1B2C3-10-011234."
        ),
    ]) func `a purse`(text: String, fault: String) throws {
        try expect("card issue --card card1 --purse \(text) \(Self.pass)", text, fault)
    }

    @Test(arguments: [
        (
            "card resolve x --of 00A1B2C3-10-011234 --applied --by a --because b", "x",
            "a transaction is a whole number from 1 on."
        ),
        (
            "card resolve 0 --of 00A1B2C3-10-011234 --applied --by a --because b", "0",
            "a transaction is a whole number from 1 on."
        ),
        ("meter run --meter m --for 90", "90", "its unit is missing. Write s, m, h or d after it, as 90s."),
        ("meter run --meter m --for 1.5h", "1.5h", "Write it as 90s, 15m, 24h or 30d."),
        ("meter run --meter m --speed 0", "0", "Write it as 1, 60 or max."),
        (
            "meter run --meter m --line tcp:7701", "tcp:7701",
            "a host and a port follow tcp. Write it as tcp:127.0.0.1:7701."
        ),
        (
            "meter run --meter m --line serial:/dev/x@1", "serial:/dev/x@1",
            "'1' is not a speed of a line. Write one of 300, 600"
        ),
        (
            "host status 00A1B2C3-01-000077", "00A1B2C3-01-000077",
            "its address is missing. Write it as 00A1B2C3-01-000077@tcp:127.0.0.1:7701."
        ),
        ("host status 00A1B2C3-01@tcp:h:1", "00A1B2C3-01@tcp:h:1", "an identifier has 16 hexadecimal digits, not 10."),
        (
            "host status meter7", "meter7",
            "a line is tcp or serial. Write it as tcp:127.0.0.1:7701 or serial:/dev/ttyUSB0."
        ),
    ]) func `other values`(line: String, text: String, fault: String) throws {
        try expect(line, text, fault)
    }

    @Test(arguments: [
        (
            "apdu send --remote desk 00A4", "desk", "the port is missing. Write it as desk.example:7816."
        ),
        ("apdu send --remote desk:99999 00A4", "desk:99999", "'99999' is not a port. Write 0 to 65535"),
        ("apdu relay attach :7816", ":7816", "the machine is missing. Write it as desk.example:7816"),
        (
            "apdu relay attach desk:1 --port 99999", "99999",
            "a port: a whole number from 1 to 65535. Write it as 35963."
        ),
        ("meter new --meter m --local-offset 900", "900", "a whole number from -840 to 840. Write it as 60, or -210"),
        ("host report --local-offset -3h", "-3h", "a whole number from -840 to 840. Write it as 60, or -210"),
        ("host status --timeout 1e9 tcp:h:1", "1e9", "seconds: a whole number from 1 to 3600. Write it as 20."),
        ("host tariff tcp:h:1 --id 70000", "70000", "the number of a table: a whole number from 0 to 65535."),
        ("meter new --meter m --holiday 02-30", "02-30", "a holiday is a date. Write it as 2026-12-25"),
        ("meter new --meter m --holiday 2023-02-29", "2023-02-29", "a holiday is a date. Write it as 2026-12-25"),
        ("meter new --meter m --reversal charge", "charge", "Write marked, charged or fed-in."),
    ]) func `places, ports and numbers`(line: String, text: String, fault: String) throws {
        try expect(line, text, fault)
    }

    @Test(arguments: [
        ("meter new --meter m --price -1", "'-1' is taken for an option: write --price=-1."),
        ("card load -5 --service gas --card card1", "'-5' is taken for an option. Where a number below 0 is meant"),
    ]) func `a value that begins with a minus`(line: String, hint: String) throws {
        let outcome = try VStoreProgram.withHome { try $0.run(line) }
        #expect(outcome.status == 64 && outcome.errors.contains(hint), "\(outcome)")
    }

    @Test func `minutes behind UTC are taken as they are written`() throws {
        try VStoreProgram.withHome { program in
            let made = try program.run(
                "meter new --meter ./m --id 00A1B2C3-01-000077 --price 0.30 --local-offset -210 --holiday 02-29 "
                    + "--transport-key-file -", input: "00112233445566778899AABBCCDDEEFF\n", in: program.home)
            #expect(made.status == 0, "\(made)")
        }
    }

    /// The message names the value and the fault, and has a single remedy.
    private func expect(_ line: String, _ text: String, _ fault: String) throws {
        let outcome = try VStoreProgram.withHome { try $0.run(line) }
        #expect(outcome.status == 64)
        let first = outcome.errors.split(separator: "\n").first.map(String.init) ?? ""
        #expect(first.contains("The value '\(text)' is invalid for") && first.contains(fault), "\(outcome.errors)")
        #expect(first.ranges(of: "Write").count == 1, "\(first)")
    }
}
