/// What the configuration file can hold. An option comes before the environment, the environment before the file.
enum Setting: String, CaseIterable {
    case reader
    case passphraseFile = "passphrase-file"
    case relayCertificate = "relay-certificate"
    case relayKey = "relay-key"
    case relayAuthority = "relay-authority"
    case colours

    /// What it stands for.
    var meaning: String {
        switch self {
        case .reader: "as --reader"
        case .passphraseFile: "as --passphrase-file, of the host's keys"
        case .relayCertificate: "as --certificate, of this end of a relay"
        case .relayKey: "as --key, of that certificate"
        case .relayAuthority: "as --authority, of the other end's certificate"
        case .colours: "auto, always or never"
        }
    }

    /// The environment variable that comes before the file; nil where there is none.
    var variable: String? { self == .reader ? "VSTORE_READER" : nil }

    /// Whether its value is the name of a file.
    private var isFile: Bool {
        switch self {
        case .passphraseFile, .relayCertificate, .relayKey, .relayAuthority: true
        case .reader, .colours: false
        }
    }

    /// A value in the form in which it is used: files by their whole path.
    ///
    /// - Parameters:
    ///   - folder: from which a relative path is taken.
    ///   - personal: the person's own folder, for `~/`.
    /// - Throws: `SettingFault`.
    func value(_ text: String, in folder: String, personal: String) throws(SettingFault) -> String {
        let text = String(text[...].trimmed)
        guard !text.isEmpty else { throw SettingFault("\(rawValue) has no value", "Write one, or remove the setting.") }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw SettingFault("the value of \(rawValue) has control characters", "Write it without.")
        }
        if self == .colours, Colours(rawValue: text) == nil {
            throw SettingFault("colours cannot be '\(text.prefix(60))'", "Write auto, always or never.")
        }
        guard isFile else { return text }
        guard text != "-" else {
            throw SettingFault("\(rawValue) cannot be standard input", "Name a file.")
        }
        if text.hasPrefix("/") { return text }
        return text.hasPrefix("~/") ? personal + text.dropFirst() : folder + "/" + text
    }
}

/// Where texts have colours.
enum Colours: String {
    /// On a terminal, unless `NO_COLOR` is set.
    case auto
    case always
    case never
}

/// What is wrong with a setting, and its remedy.
struct SettingFault: Error {
    let fault: String
    let remedy: String

    init(_ fault: String, _ remedy: String) {
        self.fault = fault
        self.remedy = remedy
    }
}
