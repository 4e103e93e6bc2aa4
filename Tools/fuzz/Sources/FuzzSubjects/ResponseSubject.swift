import ISO7816

/// Response APDUs and status words: value and view agree, and what is read is written again as it was.
enum ResponseSubject {
    private struct Fields: Equatable {
        var data: [UInt8]
        var status: StatusWord
    }

    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        let owned = Result { () throws(APDUError) in try ResponseAPDU(bytes) }
        let value = owned.map { Fields(data: Array($0.data), status: $0.status) }
        let view = Result { () throws(APDUError) in try fieldsOfView(bytes) }
        try hold(value == view, "value and view read the same, and refuse alike")
        guard case .success(let response) = owned else {
            try hold(bytes.count < 2, "2 bytes are a response")
            return
        }
        let built = ResponseAPDU(data: response.data, status: response.status)
        try hold(built == response, "a response that was read is built again byte for byte")
        var isRefused = false
        let written = [UInt8](capacity: bytes.count) { room in
            do throws(APDUError) {
                try room.appendResponse(data: Array(response.data).span, status: response.status)
            } catch {
                isRefused = true
            }
        }
        try hold(!isRefused && written == bytes, "a response is written into room as it is built")
        try check(response.status)
    }

    private static func fieldsOfView(_ bytes: [UInt8]) throws(APDUError) -> Fields {
        let view = try ResponseAPDUView(bytes.span)
        let data = view.data
        return Fields(data: data.indices.map { data[$0] }, status: view.status)
    }

    private static func check(_ status: StatusWord) throws(BrokenProperty) {
        try hold(StatusWord(status.sw1, status.sw2) == status, "a status word is its two bytes")
        try hold(status.description.count == 4, "a status word has four digits")
        try hold((status.bytesAvailable != nil) == (status.sw1 == 0x61), "61xx alone announces bytes")
        try hold((status.correctLength != nil) == (status.sw1 == 0x6C), "6Cxx alone corrects Le")
        try hold((1...256).contains(status.bytesAvailable ?? status.correctLength ?? 1), "a length is 1 to 256")
    }
}
