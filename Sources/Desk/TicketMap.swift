package import Tickets

/// A map from tickets' numbers to values. The numbers in use are dense, because tickets are numbered without gaps
/// and closed in about that order; so this is pages of slots, not a hash table.
///
/// Looking up costs two steps in memory and no hashing. Entries come in order of number, so that nothing depends on
/// hash order. It is fast in this module, where the compiler sees it; other modules ask the desk. A copy shares its
/// pages: after a snapshot was taken each page is copied when it is first changed, not the whole at once.
package struct TicketMap<Value> {
    /// Of 64 slots each, or empty. The first stands for the numbers from `firstPage` × 64 on.
    private var pages: [[Value?]] = []
    /// How many slots of each page are taken.
    private var counts: [Int] = []
    private var firstPage = 0
    package private(set) var count = 0

    private static var pageBits: UInt64 { 6 }
    private static var slotsPerPage: Int { 1 << Int(pageBits) }

    package init() {}

    package var isEmpty: Bool { count == 0 }

    package subscript(number: TicketNumber) -> Value? {
        get {
            guard let page = page(of: number) else { return nil }
            return pages[page][Self.slot(of: number)]
        }
        set {
            if let newValue { updateValue(newValue, forKey: number) } else { removeValue(forKey: number) }
        }
    }

    /// Looks at a value where it is; nil when there is none.
    package func look<Result>(at number: TicketNumber, _ body: (borrowing Value) -> Result) -> Result? {
        guard let page = page(of: number) else { return nil }
        switch pages[page][Self.slot(of: number)] {
        case .some(let value): return body(value)
        case .none: return nil
        }
    }

    /// Looks at each value where it is, in order of number.
    package func visit(_ body: (TicketNumber, borrowing Value) -> Void) {
        for page in pages.indices {
            for slot in pages[page].indices {
                switch pages[page][slot] {
                case .some(let value): body(number(page, slot), value)
                case .none: continue
                }
            }
        }
    }

    private func number(_ page: Int, _ slot: Int) -> TicketNumber {
        TicketNumber(UInt64((firstPage + page) * Self.slotsPerPage + slot))
    }

    /// Changes a value where it is; nil when there is none.
    @discardableResult
    package mutating func update<Result>(_ number: TicketNumber, _ body: (inout Value) -> Result) -> Result? {
        guard let page = page(of: number) else { return nil }
        return Self.update(&pages[page][Self.slot(of: number)], body)
    }

    /// - Returns: The value that was there before.
    @discardableResult
    package mutating func updateValue(_ value: Value, forKey number: TicketNumber) -> Value? {
        let page = makePage(of: number)
        let slot = Self.slot(of: number)
        let old = pages[page][slot]
        pages[page][slot] = value
        if old == nil {
            counts[page] += 1
            count += 1
        }
        return old
    }

    /// - Returns: The value that was there.
    @discardableResult
    package mutating func removeValue(forKey number: TicketNumber) -> Value? {
        guard let page = page(of: number) else { return nil }
        let slot = Self.slot(of: number)
        guard let old = pages[page][slot] else { return nil }
        pages[page][slot] = nil
        counts[page] -= 1
        count -= 1
        if counts[page] == 0 { free(page) }
        return old
    }

    private static func update<Result>(_ slot: inout Value?, _ body: (inout Value) -> Result) -> Result? {
        guard slot != nil else { return nil }
        // Where it is: taking it out to change it would copy what it refers to.
        // swift-format-ignore: NeverForceUnwrap
        return body(&slot!)
    }

    private static func slot(of number: TicketNumber) -> Int {
        Int(truncatingIfNeeded: number.rawValue) & (slotsPerPage - 1)
    }

    /// The index of a number's page, if it has slots.
    private func page(of number: TicketNumber) -> Int? {
        let index = Int(truncatingIfNeeded: number.rawValue >> Self.pageBits) &- firstPage
        guard index >= 0, index < pages.count, !pages[index].isEmpty else { return nil }
        return index
    }

    private mutating func makePage(of number: TicketNumber) -> Int {
        let page = Int(number.rawValue >> Self.pageBits)
        if pages.isEmpty { firstPage = page }
        if page < firstPage {
            pages.insert(contentsOf: repeatElement([], count: firstPage - page), at: 0)
            counts.insert(contentsOf: repeatElement(0, count: firstPage - page), at: 0)
            firstPage = page
        }
        let index = page - firstPage
        while pages.count <= index {
            pages.append([])
            counts.append(0)
        }
        if pages[index].isEmpty { pages[index] = Array(repeating: nil, count: Self.slotsPerPage) }
        return index
    }

    private mutating func free(_ page: Int) {
        pages[page] = []
        // The oldest go first; what they leave at the front is given back when it is half of all.
        let gone = counts.firstIndex { $0 > 0 } ?? counts.count
        guard page < gone, gone > counts.count / 2 else { return }
        pages.removeSubrange(..<gone)
        counts.removeSubrange(..<gone)
        firstPage += gone
    }
}

extension TicketMap: Sendable where Value: Sendable {}

/// In order of number.
extension TicketMap: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate let pages: [[Value?]]
        fileprivate let firstPage: Int
        fileprivate var page = 0
        fileprivate var slot = 0

        package mutating func next() -> (key: TicketNumber, value: Value)? {
            while page < pages.count {
                while slot < pages[page].count {
                    defer { slot += 1 }
                    guard let value = pages[page][slot] else { continue }
                    return (TicketNumber(UInt64((firstPage + page) * TicketMap.slotsPerPage + slot)), value)
                }
                page += 1
                slot = 0
            }
            return nil
        }
    }

    package func makeIterator() -> Iterator { Iterator(pages: pages, firstPage: firstPage) }
    package var underestimatedCount: Int { count }
    package var keys: [TicketNumber] {
        var keys: [TicketNumber] = []
        keys.reserveCapacity(count)
        visit { number, _ in keys.append(number) }
        return keys
    }
}

extension TicketMap: Equatable where Value: Equatable {
    package static func == (a: TicketMap, b: TicketMap) -> Bool {
        a.count == b.count && a.allSatisfy { b[$0.key] == $0.value }
    }
}

extension TicketMap: Hashable where Value: Hashable {
    package func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for (number, value) in self {
            hasher.combine(number)
            hasher.combine(value)
        }
    }
}
