import CardTrace
import ISO7816
import TestSupport
import Testing

/// A card number that is read from a file in several parts, or written into it, is hidden in each.
@Suite struct SpreadNumberTests {
    private static let number = "4761739001010010"
    private static let record = "70145A08\(number)5F3401015F2403251231"

    /// The record in two parts, cut at each byte, with classes that different dictionaries know.
    @Test(arguments: 1..<22, ["00", "A0"]) func `however it is cut`(cut: Int, cla: String) throws {
        let bytes = hex(Self.record)
        let outputs = try AllOutputs([
            cla + "B00000" + [UInt8(cut)].hexadecimal(), bytes[..<cut].hexadecimal() + "9000",
            cla + "B000" + [UInt8(cut), UInt8(bytes.count - cut)].hexadecimal(), bytes[cut...].hexadecimal() + "9000",
        ])
        // Six digits at the end of the first part, which are the issuer's, do not make a card number yet.
        #expect(!outputs.finds(hex("9001010010")), "\(outputs.text)")
        #expect(outputs.text.contains("31 9000"), "\(outputs.text)")
    }

    @Test(arguments: [1, 2, 3, 5, 7, 16]) func `in parts of any length`(count: Int) throws {
        let bytes = hex(Self.record)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: count) {
            let part = bytes[start..<min(start + count, bytes.count)]
            lines += [
                "> 00B000" + [UInt8(start), UInt8(part.count)].hexadecimal(), "< " + part.hexadecimal() + "9000",
            ]
        }
        #expect(try !AllOutputs(lines).finds(hex("9001010010")))
    }

    /// Parts that overlap, and one whose length was wrong first.
    @Test(arguments: [
        ["00B0000008", "70145A08476173909000", "00B000040C", "\(number)5F3401019000"],
        ["00B0000008", "70145A08476173909000", "00B0000800", "6C0A", "00B000080A", "010100105F3401015F249000"],
        ["00B0820008", "70145A08476173909000", "00B000080A", "010100105F3401015F249000"],
    ])
    func `in parts that meet`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex("01010010")), "\(outputs.text)")
    }

    /// Other bytes at that place are shown: of another file, or not behind the first part.
    @Test(arguments: [
        ["00B0000006", "70145A0847619000", "00A4020C022F02", "9000", "00B0000606", "7390010100109000"],
        ["00B0000006", "70145A0847619000", "00B0002006", "7390010100109000"],
        ["00B0000006", "01020304050600009000", "00B0000606", "7390010100109000"],
    ])
    func `what is not of it is shown`(lines: [String]) throws {
        #expect(try AllOutputs(lines).finds(hex("739001010010")))
    }

    // MARK: Backwards, and writing

    /// An exchange for these bytes of the record.
    private static func exchange(_ cla: String, _ range: Range<Int>, isWriting: Bool, status: String) -> [String] {
        let part = hex(record)[range].hexadecimal()
        let place = "00" + [UInt8(range.lowerBound), UInt8(range.count)].hexadecimal()
        return isWriting ? [cla + "D6" + place + part, status] : [cla + "B0" + place, part + status]
    }

    /// How the parts of the record come.
    struct Order: Sendable, CustomTestStringConvertible {
        let cla: String
        let isWriting: Bool
        let isBackward: Bool
        let status: String
        var testDescription: String { "\(cla) \(isWriting ? "written" : "read") \(isBackward) \(status)" }

        static let all = ["00", "A0", "01"].flatMap { cla in
            [(false, false, "9000"), (false, true, "9000"), (true, false, "9000"), (true, true, "9000")].map {
                Order(cla: cla, isWriting: $0.0, isBackward: $0.1, status: $0.2)
            } + [false, true].map { Order(cla: cla, isWriting: true, isBackward: $0, status: "6982") }
        }
    }

    @Test(arguments: Order.all) func `in whatever order and cut anywhere`(order: Order) throws {
        let count = hex(Self.record).count
        for cut in 1..<count {
            var parts = [0..<cut, cut..<count]
            if order.isBackward { parts.reverse() }
            let outputs = try AllOutputs(
                parts.flatMap { Self.exchange(order.cla, $0, isWriting: order.isWriting, status: order.status) })
            let secret = order.isBackward ? Self.number : "9001010010"
            #expect(!outputs.finds(hex(secret)), "\(cut): \(outputs.text)")
            // The date at its end, in one piece or two.
            #expect(outputs.text.contains("31") && outputs.text.contains("••"), "\(cut): \(outputs.text)")
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 16, 22], [false, true]) func `in many parts`(count: Int, isWriting: Bool) throws {
        let all = hex(Self.record).indices
        let parts = stride(from: 0, to: all.count, by: count).map { $0..<min($0 + count, all.count) }
        // Forward, backward, and the even ones first.
        let (even, odd) = (parts.indices.filter { $0 % 2 == 0 }, parts.indices.filter { $0 % 2 == 1 })
        let orders = [parts, parts.reversed(), (even + odd).map { parts[$0] }, (odd + even).map { parts[$0] }]
        for order in orders {
            let outputs = try AllOutputs(
                order.flatMap { Self.exchange("00", $0, isWriting: isWriting, status: "9000") })
            #expect(!outputs.finds(hex("9001010010")), "\(outputs.text)")
        }
    }

    /// Reading and writing by turns, chained commands, and answers that are fetched.
    @Test(arguments: [
        ["00D600000670145A084761", "9000", "00B0000606", "7390010100109000"],
        ["00B0000006", "70145A0847619000", "00D6000606739001010010", "9000"],
        ["00B0000606", "7390010100109000", "00D600000670145A084761", "9000"],
        ["00D6000606739001010010", "9000", "00B0000006", "70145A0847619000"],
        ["00D6820606739001010010", "9000", "00D600000670145A084761", "9000"],
        ["10D600000670145A084761", "9000", "00D6000006739001010010", "9000"],
        ["00B0000606", "7390016103", "00C0000003", "0100109000", "00B0000006", "70145A0847619000"],
        ["00D600000C5A08\(number)5F34", "9000"], ["00D000000C5A08\(number)5F34", "6982"],
        ["00D60000145713\(number)D25120\(number)", "9000"],
        ["00D600060473900101", "9000", "00A40000023F00", "6A82", "00D600000670145A084761", "9000"],
    ])
    func `however it comes and goes`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex("9001010010")), "\(outputs.text)")
        #expect(outputs.text.contains("••"))
    }

    /// Commands that say the place in their data, or write records.
    @Test(arguments: [
        ["00D70000 0F 540100 530A 5A08\(number)", "9000"], ["00D10000 0F 540100 530A 5A08\(number)", "6982"],
        ["00B1000003 540100 00", "530A 5A08\(number) 9000"],
        ["00B1000003 540100 00", "530A 5A084761 610B", "00C000000B", "739001010010 9000"],
        ["00B3010403 540100 00", "530A 5A08\(number) 9000"], ["00B1000003 540100 00", "530A 5A0A\(number) 9000"],
        ["00D20104 0A 5A08\(number)", "9000"], ["00E20000 0C 700A 5A08\(number)", "9000"],
        ["00DC0104 0C 700A 5A08\(number)", "9000"], ["00DD0104 0F 540100 530A 5A08\(number)", "9000"],
    ])
    func `whole, wherever it is`(lines: [String]) throws {
        let outputs = try AllOutputs(lines.map { $0.filter { $0 != " " } })
        #expect(!outputs.finds(hex("9001010010")), "\(outputs.text)")
        #expect(outputs.text.contains("9000") || lines.last == "6982", "\(outputs.text)")
        let others = try AllOutputs(lines.map { $0.filter { $0 != " " }.replacing("5A0", with: "5D0") })
        #expect(!others.text.contains("••••") && others.finds(hex("73900101")), "\(others.text)")
    }

    /// What looks like a part of a number is shown where it is none.
    @Test(arguments: [
        // Another file, a gap, another card, another logical channel, and no tag before it.
        ["00B0000606", "7390010100109000", "00A4020C022F02", "9000", "00B0000006", "70145A0847619000"],
        ["00B0810606", "7390010100109000", "00B0820006", "70145A0847619000"],
        ["00B0000706", "7390010100109000", "00B0000006", "70145A0847619000"],
        ["00B0000606", "7390010100109000", "01B0000006", "70145A0847619000"],
        ["00B0000606", "7390010100109000", "00B0000006", "0102030405069000"],
        ["00D6000606739001010010", "9000", "00D6000006010203040506", "9000"],
        ["00D6000606739001010010", "9000", "00A4020C022F02", "9000", "00D600000670145A084761", "9000"],
        ["00D6810606739001010010", "9000", "00D682000670145A084761", "9000"],
        ["00D6000706739001010010", "9000", "00D600000670145A084761", "9000"],
        ["00D6000006739001010010", "9000"], ["00D60000065A0373900101", "9000", "00D6000606739001010010", "9000"],
    ])
    func `what is not of it is shown as it is written`(lines: [String]) throws {
        let text = try AllOutputs(lines).text
        #expect(text.contains("739001010010") || text.contains("73 90 01 01 00 10"), "\(text)")
    }

    /// Bytes that begin as a number does and have none are no number.
    @Test(arguments: ["5A08AABBCCDDEEFFAABB", "5AFF010203040506", "305A08AABBCCDDEEFF00"])
    func `what has no digits is shown as it is written`(data: String) throws {
        let command = "00D60000" + [UInt8(data.count / 2)].hexadecimal() + data
        let text = try AllOutputs([command, "9000"]).text
        #expect(text.contains(#""bytes":"\#(command)""#), "\(text)")
    }

    /// A trace that is shown as it goes cannot call back what it has shown, and hides all that comes then.
    @Test(arguments: [1, 2, 3, 4, 6]) func `what comes after its end is hidden at once`(count: Int) throws {
        var decoder = TraceDecoder(try APDUDictionary())
        let bytes = hex(Self.record)
        let cut = 4 + count
        let tail = "00B000" + [UInt8(cut), 0x10].hexadecimal()
        _ = decoder.decode(try TraceDecodingTests.event(tail, bytes[cut...].hexadecimal() + "9000"))
        let decoded = decoder.decode(
            try TraceDecodingTests.event("00B0000008", bytes[..<cut].hexadecimal() + "9000"))
        guard case .response(let response) = decoded.outcome else { return }
        #expect(response.bytes.hexadecimal() == "70145A08" + String(repeating: "••", count: count) + "9000")
    }

    /// What is held back comes in its order, as soon as nothing can stand before it, or after some records.
    @Test func `records are held back for a while`() throws {
        var reader = TraceReader(.hex, file: "log")
        func fed(_ lines: String...) throws -> [String] {
            try reader.feed(lines.map { $0 + "\n" }.joined().utf8).compactMap {
                if case .exchange(let event) = $0 { event.command.hexadecimal() } else { nil }
            }
        }
        #expect(try fed("> 00B0000004", "< 010203049000", "> 0084000008") == ["00B0000004"])
        #expect(try fed("< 6D00", "> 00B0000404", "< 010203049000", "> 00B0001004") == ["0084000008", "00B0000404"])
        #expect(try fed("< 010203049000", "> 00CA000000", "< 6D00").isEmpty)
        #expect(
            try fed("> 00A40000022F00", "< 9000", "> 0084000000") == ["00B0001004", "00CA000000", "00A40000022F00"])
        #expect(try fed("< 6D00", "> 00B0001004", "< 010203049000") == ["0084000000"])
        #expect(try fed("> 00B0000C04", "< 010203049000", "> 00B0000010", "< 6700").isEmpty)
        #expect(
            try fed("> 00B000000C", "< 0102030405060708091011129000", "> 0084000000").map { $0.prefix(8) } == [
                "00B00010", "00B0000C", "00B00000", "00B00000",
            ])
        #expect(try fed("< 6D00", "> 00B0008004", "< 010203049000") == ["0084000000"])
        var count = 0
        for _ in 0..<100 { count += try fed("> 0084000000", "< 6D00").count }
        #expect(try count >= 64 && count + reader.finish().count == 101)
    }
}
