/// What a disk does wrong, for once or for good.
struct DiskFault: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Writing, truncating, removing, naming and syncing fail.
        case inputOutput
        /// Writing and making files fail.
        case full
    }

    var kind: Kind
    /// The operation that it strikes first, counted from 0.
    var at: Int
    var isForEver: Bool
}
