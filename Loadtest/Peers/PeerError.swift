/// Why a peer could not be measured, in words that say what to do.
package struct PeerError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
