import CardTrace
import ISO7816

extension ScriptCommand {
    /// Whether a byte that is masked was written out, and does not come from a variable.
    func writesOut(_ masked: MaskedBytes, _ variables: ScriptVariables) -> Bool {
        var place = 0
        for element in elements {
            switch element {
            case .byte:
                if masked.hasMasked(in: place..<(place + 1)) { return true }
                place += 1
            case .variable(let reference):
                do throws(ScriptScanner.Failure) {
                    place += try variables.bytes(reference).count
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
        var (place, names): (Int, Set<String>) = (0, [])
        for element in elements {
            switch element {
            case .byte: place += 1
            case .variable(let reference):
                do throws(ScriptScanner.Failure) {
                    let count = try variables.bytes(reference).count
                    if masked.hasMasked(in: place..<place + count) { names.insert(reference.name) }
                    place += count
                } catch {
                    return names
                }
            case .any: continue
            }
        }
        return names
    }

    /// As it was written; in digits, `••` among them, where a PIN or key was written out.
    ///
    /// What a variable without a value would give is not known: then such a command is its header alone.
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
