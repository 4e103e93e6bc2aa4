import CardTrace
import ISO7816

extension ScriptCommand {
    /// Whether a masked byte is a literal, and not from a variable.
    func writesOut(_ masked: MaskedBytes, _ variables: ScriptVariables) -> Bool {
        var offset = 0
        for element in elements {
            switch element {
            case .byte:
                if masked.hasMasked(in: offset..<(offset + 1)) { return true }
                offset += 1
            case .variable(let reference):
                do throws(ScriptScanner.Failure) {
                    offset += try variables.bytes(reference).count
                } catch {
                    return true
                }
            case .any: continue
            }
        }
        return false
    }

    /// The variables whose bytes are masked, where all of them have a value.
    func maskedVariables(_ masked: MaskedBytes, _ variables: ScriptVariables) -> Set<String> {
        var (offset, names): (Int, Set<String>) = (0, [])
        for element in elements {
            switch element {
            case .byte: offset += 1
            case .variable(let reference):
                do throws(ScriptScanner.Failure) {
                    let count = try variables.bytes(reference).count
                    if masked.hasMasked(in: offset..<offset + count) { names.insert(reference.name) }
                    offset += count
                } catch {
                    return names
                }
            case .any: continue
            }
        }
        return names
    }

    /// The source text; hexadecimal with `••` where it contains a literal PIN or key.
    ///
    /// The length of a variable without a value is unknown: such a command is then reduced to its header.
    func shown(_ variables: ScriptVariables) -> String {
        let written = elements.compactMap { if case .byte(let value, _) = $0 { value } else { nil } }
        do throws(ScriptScanner.Failure) {
            let masked = MaskedBytes(masking: try bytes(variables)).masking(variables.secrets)
            return writesOut(masked, variables) ? masked.hexadecimal(separator: " ") : description
        } catch {
            guard MaskedBytes(masking: written).hasMasked else { return description }
            return written.prefix(4).hexadecimal(separator: " ") + " …"
        }
    }
}
