/// Bytes from hexadecimal digits; blanks between them are ignored.
package func hex(_ text: some StringProtocol) -> [UInt8] {
    guard let bytes = hexBytes(text) else { preconditionFailure("not hexadecimal: \(text)") }
    return bytes
}

/// The same; nil where the text is not hexadecimal.
package func hexBytes(_ text: some StringProtocol) -> [UInt8]? {
    let characters = text.filter { !$0.isWhitespace }
    let digits = characters.compactMap(\.hexDigitValue)
    guard digits.count == characters.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
