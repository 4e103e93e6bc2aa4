/// Where an issuer's master keys are stored: in a file sealed under a passphrase, or in a master-key card in a reader.
///
/// A store never exports a key. It gives an authority that uses the keys, and their names and check values.
public protocol KeyStore: AnyObject {
    /// An authority that uses these keys.
    ///
    /// - Parameter register: what it remembers of the elements it contacts; may be ignored by a store that keeps its
    ///   own register.
    /// - Throws: `SessionError` if the keys cannot be used now.
    func authority(register: any ElementRegister) throws(SessionError) -> any Authority

    /// The master keys held, ascending, with their check values.
    ///
    /// - Throws: `SessionError` if they cannot be read now.
    func keys() throws(SessionError) -> [(name: KeyName, checkValue: KeyCheckValue)]
}
