import CZeroMQ

/// Who somebody is on the wire: the secret key proves it, the public key is what others know.
package struct CurveKeyPair: Hashable, Sendable, CustomStringConvertible {
    package let publicKey: Z85Key
    package let secretKey: Z85Key

    /// A new pair from the kernel's random source.
    package static func generate() throws(ZeroMQError) -> Self {
        var failure: ZeroMQError?
        var secretKey: Z85Key?
        let publicKey = Z85Key { publicText in
            secretKey = Z85Key { secretText in
                guard zmq_curve_keypair(publicText, secretText) == 0 else {
                    failure = ZeroMQError(call: "zmq_curve_keypair")
                    return nil
                }
                return secretText
            }
            return secretKey == nil ? nil : publicText
        }
        guard let publicKey, let secretKey else {
            throw failure ?? ZeroMQError(code: EINVAL, call: "zmq_curve_keypair")
        }
        return Self(publicKey: publicKey, secretKey: secretKey)
    }

    /// The pair of a secret key that was kept: the public key follows from it.
    package init(secret: Z85Key) throws(ZeroMQError) {
        var failure: ZeroMQError?
        let publicKey = Z85Key { publicText in
            guard zmq_curve_public(publicText, secret.text) == 0 else {
                failure = ZeroMQError(call: "zmq_curve_public")
                return nil
            }
            return publicText
        }
        guard let publicKey else { throw failure ?? ZeroMQError(code: EINVAL, call: "zmq_curve_public") }
        self.init(publicKey: publicKey, secretKey: secret)
    }

    private init(publicKey: Z85Key, secretKey: Z85Key) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    package var description: String { "key pair of \(publicKey.text)" }
}
