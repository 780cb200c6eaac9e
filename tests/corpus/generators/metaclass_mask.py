# attack: 1
# tries: a lying dict whose class claims, by its metaclass and `__class__`, to be dict itself
# ends: build 2
# says: is a dict that overrides

from honest import KernelBuilder as Honest


class Mask(type):
    @property
    def __mro__(cls):
        return (dict, object)

    @property
    def __dict__(cls):
        return {}

    def __eq__(cls, other):
        return other is dict or cls is other

    def __hash__(cls):
        return hash(dict)


class Free(dict, metaclass=Mask):
    __class__ = dict

    def keys(self):
        return ()


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs = [Free(bundle) for bundle in self.instrs]
