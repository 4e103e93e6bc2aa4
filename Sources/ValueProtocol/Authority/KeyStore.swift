/// Where an issuer's master keys are: in a file sealed under a passphrase, or in a master-key card in a reader.
///
/// A store never gives a key away, only an authority that uses it, and what names and check values tell.
public protocol KeyStore: AnyObject {
    /// An authority over these keys.
    ///
    /// - Parameter register: what it remembers of the elements it meets; a store whose keys remember for themselves
    ///   may do without.
    /// - Throws: `SessionError` where the keys cannot be used now.
    func authority(register: any ElementRegister) throws(SessionError) -> any Authority

    /// The master keys held, ascending, with their check values.
    ///
    /// - Throws: `SessionError` where they cannot be read now.
    func keys() throws(SessionError) -> [(name: KeyName, checkValue: KeyCheckValue)]
}
