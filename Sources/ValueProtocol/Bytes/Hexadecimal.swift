/// `value` as upper-case hexadecimal digits, zero-padded to `width`.
package func hexadecimal(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
