/// The bits of card service data and card capabilities, in words (ISO/IEC 7816-4, 12.1.1.7 and 12.1.1.9).
enum CardFunctions {
    /// Card service data byte.
    static func services(_ byte: UInt8) -> [String] {
        var said: [String] = []
        if byte & 0x80 != 0 { said.append("applications are selected by full DF name") }
        if byte & 0x40 != 0 { said.append("applications are selected by partial DF name") }
        if byte & 0x20 != 0 { said.append("data objects in EF.DIR") }
        if byte & 0x10 != 0 { said.append("data objects in EF.ATR") }
        switch byte >> 1 & 0x07 {
        case 4: said.append("EF.DIR and EF.ATR are read by READ BINARY")
        case 0: said.append("EF.DIR and EF.ATR are read by READ RECORD")
        case 2: said.append("EF.DIR and EF.ATR are read by GET DATA")
        default: said.append("access to EF.DIR and EF.ATR is reserved for future use")
        }
        said.append(byte & 0x01 != 0 ? "the card has no MF" : "the card has an MF")
        return said
    }

    /// First software function byte: selection.
    static func selection(_ byte: UInt8) -> [String] {
        let functions = [
            "DF by full name", "DF by partial name", "DF by path", "DF by file identifier", "implicit DF selection",
            "short EF identifiers", "record numbers", "record identifiers",
        ]
        let said = functions.enumerated().filter { byte & 0x80 >> $0.offset != 0 }.map(\.element)
        return said.isEmpty ? ["no method of selection is stated"] : said
    }

    /// Second software function byte: data coding.
    static func coding(_ byte: UInt8) -> [String] {
        let writing = ["one-time write", "proprietary", "write OR", "write AND"][Int(byte >> 5 & 3)]
        return (byte & 0x80 != 0 ? ["EFs of TLV structure"] : []) + [
            "write functions: \(writing)",
            "FF is \(byte & 0x10 != 0 ? "valid" : "invalid") as the first byte of a BER-TLV tag",
            "a data unit is \(1 << Int(byte & 0x0F)) half byte\(byte & 0x0F == 0 ? "" : "s")",
        ]
    }

    /// Third software function byte: chaining, lengths, logical channels.
    static func chaining(_ byte: UInt8) -> [String] {
        var said: [String] = []
        if byte & 0x80 != 0 { said.append("command chaining") }
        if byte & 0x40 != 0 { said.append("extended Lc and Le") }
        if byte & 0x20 != 0 { said.append("extended length information in EF.ATR") }
        switch byte >> 3 & 3 {
        case 0: said.append("no logical channels")
        case 1: said.append("channel numbers are assigned by the card")
        case 2: said.append("channel numbers are assigned by the interface device")
        default: said.append("channel numbers are assigned by card and interface device")
        }
        if byte & 0x18 != 0 {
            said.append(byte & 0x07 == 7 ? "8 or more logical channels" : "\(byte & 0x07 + 1) logical channels")
        }
        return said
    }
}
