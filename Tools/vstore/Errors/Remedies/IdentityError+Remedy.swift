import NetworkIdentity

extension IdentityError: RemedyProviding {
    var remedy: String {
        switch code {
        case .exists: "Move it away, or choose another name."
        case .unwritable: "Check the folder and its permissions."
        case .unreadable: "Restore it; authority.pem and authority.key belong together."
        case .keyMissing: "authority.pem and authority.key belong together; bring both."
        case .badName: "Give a host's name, an address, or letters, digits and dashes."
        case .cryptography: "Check that authority.key can sign: a key of P-256 can."
        case .notSerials: "Write one serial number per line, in hexadecimal."
        case .missing: "Check its name. vstore certificates make-authority makes an authority."
        }
    }
}
