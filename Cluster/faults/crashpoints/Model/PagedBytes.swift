/// The content of a file, in pages that copies share until one of them changes: images of a disk differ in little.
struct PagedBytes: Sendable {
    private static let pageBytes = 8_192

    private(set) var count = 0
    /// As many as `count` needs. Nil stands for zeros.
    private var pages: [[UInt8]?] = []

    init() {}

    /// Copies what there is at an offset to the beginning of the memory.
    ///
    /// - Returns: How many bytes there are, at most as many as fit.
    func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let end = min(count, offset + memory.count)
        var start = offset
        while start < end {
            let (page, skipped) = start.quotientAndRemainder(dividingBy: Self.pageBytes)
            let length = min(end - start, Self.pageBytes - skipped)
            let target = UnsafeMutableRawBufferPointer(
                rebasing: memory[(start - offset)..<(start - offset + length)])
            if let bytes = pages[page] {
                bytes.withUnsafeBytes {
                    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[skipped..<skipped + length]))
                }
            } else {
                target.initializeMemory(as: UInt8.self, repeating: 0)
            }
            start += length
        }
        return max(0, end - offset)
    }

    /// Puts bytes at an offset; a gap before them reads as zeros.
    mutating func write(_ new: UnsafeRawBufferPointer, at offset: Int) {
        let end = offset + new.count
        if end > count { grow(to: end) }
        var start = offset
        while start < end {
            let (page, skipped) = start.quotientAndRemainder(dividingBy: Self.pageBytes)
            let length = min(end - start, Self.pageBytes - skipped)
            let source = UnsafeRawBufferPointer(rebasing: new[(start - offset)..<(start - offset + length)])
            // Taken out, so that it is changed in place when nobody shares it.
            var bytes = pages[page] ?? [UInt8](repeating: 0, count: Self.pageBytes)
            pages[page] = nil
            bytes.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[skipped..<skipped + length]).copyMemory(
                    from: source)
            }
            pages[page] = bytes
            start += length
        }
    }

    mutating func truncate(to size: Int) {
        guard size < count else { return grow(to: size) }
        pages.removeLast(pages.count - Self.pages(for: size))
        let rest = size % Self.pageBytes
        if rest > 0, var last = pages[pages.count - 1] {
            for index in rest..<Self.pageBytes { last[index] = 0 }
            pages[pages.count - 1] = last
        }
        count = size
    }

    private mutating func grow(to size: Int) {
        pages.append(contentsOf: repeatElement(nil, count: Self.pages(for: size) - pages.count))
        count = size
    }

    private static func pages(for bytes: Int) -> Int { (bytes + pageBytes - 1) / pageBytes }
}
