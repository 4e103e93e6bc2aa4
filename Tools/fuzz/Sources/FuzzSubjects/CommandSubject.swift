import ISO7816

/// Command APDUs: value and view agree, what is read is written again as it was, and nothing is built that cannot be
/// read.
enum CommandSubject {
    /// A command's fields, in the order of its bytes.
    private struct Fields: Equatable {
        var header: [UInt8]
        var data: [UInt8]
        var expectedLength: Int?
        var form: CommandForm
    }

    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        let owned = Result { () throws(APDUError) in try CommandAPDU(bytes) }
        switch (owned.map(fields), Result { () throws(APDUError) in try fieldsOfView(bytes) }) {
        case (.success(let value), .success(let view)): try hold(value == view, "value and view read the same")
        case (.failure(let value), .failure(let view)):
            try hold(value == view && value.count == view.count, "value and view refuse alike")
        default: throw BrokenProperty(description: "value and view agree on what is a command")
        }
        if case .success(let command) = owned { try rebuild(command) }
        try build(bytes)
    }

    private static func fields(_ command: CommandAPDU) -> Fields {
        Fields(
            header: [command.cla, command.ins, command.p1, command.p2], data: Array(command.data),
            expectedLength: command.expectedLength, form: command.form)
    }

    private static func fieldsOfView(_ bytes: [UInt8]) throws(APDUError) -> Fields {
        let view = try CommandAPDUView(bytes.span)
        let data = view.data
        return Fields(
            header: [view.cla, view.ins, view.p1, view.p2], data: data.indices.map { data[$0] },
            expectedLength: view.expectedLength, form: view.form)
    }

    private static func rebuild(_ command: CommandAPDU) throws(BrokenProperty) {
        let parts = fields(command)
        let again = made(parts, extended: command.form.isExtended)
        try hold(again == .success(command), "a command that was read is built again byte for byte")
        let inRoom = try written(parts, extended: command.form.isExtended, room: command.bytes.count)
        try hold(inRoom == command.bytes, "a command is written into room as it is built")
        let tooLittle = try written(parts, extended: command.form.isExtended, room: command.bytes.count - 1)
        try hold(tooLittle == nil, "a command is not written where there is too little room")
    }

    /// Builds commands with lengths from the input, valid or not.
    private static func build(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        let choice = input.byte()
        let header = [input.byte(), input.byte(), input.byte(), input.byte()]
        // From -8 to 65,543.
        let length = input.word() - (choice & 2 == 0 ? 0 : 8) + (choice & 4 == 0 ? 0 : 8)
        let parts = Fields(
            header: header, data: input.rest(),
            expectedLength: choice & 1 == 0 ? nil : length, form: .case1)
        let isRight = parts.expectedLength.map { (1...65_536).contains($0) } ?? true
        switch made(parts, extended: choice & 16 != 0) {
        case .failure: try hold(!isRight, "lengths within their ranges are built")
        case .success(let command):
            try hold(isRight, "lengths out of their ranges are refused")
            guard case .success(let read) = Result(catching: { () throws(APDUError) in try CommandAPDU(command.bytes) })
            else { throw BrokenProperty(description: "what is built can be read") }
            try hold(fields(read) == fields(command), "what is built is read as it was meant")
            try hold(
                read.data.elementsEqual(parts.data) && read.expectedLength == parts.expectedLength,
                "what is built says what was given")
        }
    }

    private static func made(_ parts: Fields, extended: Bool) -> Result<CommandAPDU, APDUError> {
        Result { () throws(APDUError) in
            try CommandAPDU(
                cla: parts.header[0], ins: parts.header[1], p1: parts.header[2], p2: parts.header[3], data: parts.data,
                expectedLength: parts.expectedLength, extended: extended)
        }
    }

    /// Nil where it does not fit; then nothing may be written.
    private static func written(_ parts: Fields, extended: Bool, room: Int) throws(BrokenProperty) -> [UInt8]? {
        var isRefused = false
        let bytes = [UInt8](capacity: room) { output in
            do throws(APDUError) {
                try output.appendCommand(
                    cla: parts.header[0], ins: parts.header[1], p1: parts.header[2], p2: parts.header[3],
                    data: parts.data.span, expectedLength: parts.expectedLength, extended: extended)
            } catch {
                isRefused = true
            }
        }
        if isRefused { try hold(bytes.isEmpty, "what is refused writes nothing") }
        return isRefused ? nil : bytes
    }
}
